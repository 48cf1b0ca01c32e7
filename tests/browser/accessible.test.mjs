/** What axe finds in every view and dialog, in both themes and in a wide and a narrow window: nothing. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord } from './lysbord.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 320, height: 640 },
];

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let axe;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  axe = await readFile(AXE, 'utf8');
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

test('axe finds nothing on the steps of the first start', async () => {
  const { page } = await openPage(browser, lysbord.ui);
  await page.getByRole('button', { name: 'Skip setup' }).waitFor();
  const found = [];
  await inBothThemes(page, 'the first start', found);
  await page.context().close();
  await lysbord.play(24, 50);
  assert.deepEqual(found, []);
});

for (const viewport of SIZES) {
  test(`axe finds nothing in a window of ${viewport.width} × ${viewport.height}`, async () => {
    const { page } = await openPage(browser, lysbord.ui, { viewport });
    const found = [];
    const judge = (what) => inBothThemes(page, what, found);
    const narrow = viewport.width < 900;
    const go = async (name) => {
      if (narrow) await page.getByRole('button', { name: 'Show the sidebar' }).click();
      await page.getByRole('navigation').getByRole('button', { name }).click();
    };
    const tile = page.locator('.table [role=option]').first();
    await tile.waitFor();
    await judge('the gallery');
    if (narrow) {
      await page.getByRole('button', { name: 'Show the sidebar' }).click();
      await judge('the drawer');
      await page.keyboard.press('Escape');
    }
    const { items } = await lysbord.ask('/assets?limit=12');
    await page.locator(`.table [data-asset="${items.find((item) => item.version_count > 1).id}"]`).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    for (const tab of ['Info', /^Versions/, 'Compare', 'Payload']) {
      await inspector.getByRole('tab', { name: tab }).click();
      await page.waitForTimeout(300);
      await judge(`the inspector, ${tab}`);
    }
    await page.keyboard.press('c');
    const compare = page.getByRole('dialog', { name: /^Compare versions/ });
    await compare.locator('img').first().waitFor();
    for (const way of ['1', '2', '3']) {
      await page.keyboard.press(way);
      await judge(`the comparison, ${way}`);
    }
    await page.keyboard.press('Escape');
    if (await page.locator('dialog.sheet').count()) await page.keyboard.press('Escape');
    await page.getByRole('listbox', { name: 'Assets' }).press('Space');
    await page.locator('dialog.look img').first().waitFor();
    await judge('the full-size look');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.waitForTimeout(300);
    await judge('all selected');
    await page.getByRole('main').getByRole('button', { name: /^Export/ }).click();
    await judge('the export');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await judge('the keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText(/^The library as it was/).waitFor();
    await judge('looking back');
    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Search' }).fill('nosuchwordanywhere');
    await page.getByText(/^(Nothing|No) /).first().waitFor();
    await judge('nothing found');
    await page.getByRole('combobox', { name: 'Search' }).press('Escape');
    await go(/^Events \d/);
    const line = page.getByRole('listbox', { name: 'Events' }).getByRole('option').first();
    await line.click();
    await judge('the events');
    if (await page.locator('dialog.sheet').count()) await page.keyboard.press('Escape');
    await page.getByRole('main').getByRole('button', { name: 'Report' }).click();
    await page.getByRole('dialog', { name: 'Report' }).waitFor();
    await page.waitForTimeout(300);
    await judge('the report');
    await page.keyboard.press('Escape');
    if (await page.locator('dialog.sheet').count()) await page.keyboard.press('Escape');
    for (const name of [/^All deliveries/, /^Duplicates/, /^Unreadable/]) {
      await go(name);
      await page.waitForTimeout(300);
      const first = page.getByRole('listbox', { name: 'Deliveries' }).getByRole('option').first();
      if (await first.count()) await first.click();
      await judge(String(name));
    }
    await go(/^Settings/);
    for (const tab of await page.getByRole('dialog').getByRole('tab').all()) {
      await tab.click();
      await page.waitForTimeout(200);
      await judge(`settings, ${await tab.innerText()}`);
    }
    await page.context().close();
    assert.deepEqual(found, []);
  });
}

async function inBothThemes(page, what, found) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
    const broken = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    });
    found.push(...broken.map((one) => `${what}, ${colorScheme}: ${one}`));
  }
}
