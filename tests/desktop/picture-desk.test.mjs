// A picture editor's first quarter of an hour, in the window itself: watch, look, take the list home, go.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { By } from 'selenium-webdriver';
import { newHome, run, startUnderWebDriver } from './lysbord.mjs';
import { answerSaveDialog, closeByKeyboard, until, windowCalled, windowManager } from './screen.mjs';

let desk;
before(() => (desk = windowManager()));
after(() => desk.kill());

const tile = By.css('[role=option]');
const inspector = By.css('aside h2');
const button = (name) => By.xpath(`//button[normalize-space()="${name}"]`);
const exportButton = By.xpath('//button[starts-with(normalize-space(), "Export ")]');
const answer = (name) => By.xpath(`//label[.//span[normalize-space()="${name}"]]`);

test('pictures come to the table, one is looked at, and all go out as a CSV', async (t) => {
  const home = await newHome();
  t.after(home.remove);
  const { driver, stop } = await startUnderWebDriver(home, '--demo');
  t.after(stop);

  await until('six pictures are on the table', () =>
    driver.executeScript(`
      const pictures = [...document.querySelectorAll('[role=option] img')]
      return pictures.filter((picture) => picture.complete && picture.naturalWidth > 0).length >= 6`),
    90,
  );
  await driver.findElement(button('Stop')).click();
  // What the tenant did not serve before it stopped is tried for its minute, and told to be missing then.
  await until('no picture is on its way', async () => (await api(driver, 'status')).pictures_waiting === 0, 90);

  const name = await driver.findElement(tile).findElement(By.css('img')).getAttribute('alt');
  await driver.findElement(tile).click();
  await until('the inspector shows it', async () => (await driver.findElement(inspector).getText()) === name);

  const csv = join(home.folder, 'what came in.csv');
  await driver.findElement(exportButton).click();
  await driver.findElement(answer('Everything')).click();
  await driver.findElement(button('Save as…')).click();
  await answerSaveDialog('Export', csv);
  await driver.findElement(button('Show in folder'));

  const [header, ...rows] = (await readFile(csv, 'utf8')).split('\r\n');
  const { ids } = await api(driver, 'assets/ids');
  assert.match(header, /^asset_id,filename,title,byline,description,tags,archive,/);
  const written = rows.map((row) => row.split(',')[0]).filter((id) => ids.includes(id));
  assert.deepEqual(written.toSorted(), ids.toSorted(), 'each asset has its row, and only one');

  await closeByKeyboard(await windowCalled('Lysbord'));
  await until('the library is free again', () => run(home, 'rebuild'));
  await run(home, 'doctor');
});

/** Asks the API as the page does: through the window, for there is no other way in. */
function api(driver, path) {
  return driver.executeAsyncScript(
    `const done = arguments.at(-1); fetch('/api/' + arguments[0]).then((answer) => answer.json()).then(done, done)`,
    path,
  );
}
