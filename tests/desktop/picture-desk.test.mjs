// A picture editor's first session in the real window: watch pictures arrive, look at one, export, quit.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { By } from 'selenium-webdriver';
import { choose, newHome, run, startUnderWebDriver, story } from './lysbord.mjs';
import { answerSaveDialog, closeByKeyboard, until, windowCalled, windowManager } from './screen.mjs';

let desk;
before(() => (desk = windowManager()));
after(() => desk.kill());

const inspector = By.css('aside h2');
const button = (name) => By.xpath(`//button[normalize-space()="${name}"]`);
const exportButton = By.xpath('//button[starts-with(normalize-space(), "Export ")]');
const answer = (name) => By.xpath(`//label[.//span[normalize-space()="${name}"]]`);

story('pictures come to the table, one is looked at, and all go out as a CSV', async (t) => {
  const home = await newHome();
  await choose(home, (settings) => (settings.background.keep_listening = 'no'));
  const { driver, stop } = await startUnderWebDriver(home, '--demo');
  t.after(() => stop().then(home.remove));

  await until('six pictures are on the table', () =>
    driver.executeScript(`
      const pictures = [...document.querySelectorAll('[role=option] img')]
      return pictures.filter((picture) => picture.complete && picture.naturalWidth > 0).length >= 6`),
    90,
  );
  await driver.findElement(button('Stop')).click();
  // Pictures that the tenant did not serve before it stopped are retried for a minute, then reported missing.
  await until('no picture is on its way', () => says(driver, 'No pictures waiting'), 90);

  const find = (locator) => until(`there is ${locator}`, () => driver.findElement(locator));
  // The newest assets may still move the others.
  const name = await until('a picture is clicked', async () => {
    const tile = await driver.findElement(By.css('[role=option]:has(img)'));
    const name = await tile.findElement(By.css('img')).getAttribute('alt');
    // The sharper picture lies over the smaller one, so neither is clicked by itself.
    await tile.click();
    return name;
  });
  await until('the inspector shows it', async () => (await driver.findElement(inspector).getText()) === name);

  const csv = join(home.folder, 'what came in.csv');
  await (await find(exportButton)).click();
  await (await find(answer('Everything'))).click();
  await (await find(answer('CSV'))).click();
  await (await find(button('Save as…'))).click();
  await answerSaveDialog('Export', csv);
  await find(button('Show in folder'));

  const [header, ...rows] = (await readFile(csv, 'utf8')).split('\r\n');
  assert.match(header, /^asset_id,filename,title,byline,description,tags,archive,/);
  const written = rows.map((row) => row.split(',')[0]).filter((id) => /^[a-z2-9]{16}$/.test(id));
  assert.equal(written.length, await counted(driver), 'each asset has its row');
  assert.equal(new Set(written).size, written.length, 'and only one');

  await closeByKeyboard(await windowCalled('Lysbord'));
  await until('the library is free again', () => run(home, 'rebuild'));
  await run(home, 'doctor');
});

/** Whether the text is anywhere on the page. */
function says(driver, words) {
  return driver.executeScript('return document.body.innerText.includes(arguments[0])', words);
}

/** How many assets the sidebar counts. */
async function counted(driver) {
  const entry = By.xpath('//nav//button[starts-with(normalize-space(), "Assets")]');
  return Number((await driver.findElement(entry).getText()).replace(/\D/g, ''));
}
