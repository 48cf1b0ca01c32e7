/** The main job - find, look, compare, export - in windows of every size, by mouse, by touch and by keyboard. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, picturesLoaded, startLysbord, until } from './lysbord.mjs';

/** A zoom of 200 % halves the window's CSS pixels, one of 400 % quarters them: 1440 × 900 is 720 × 450 and 360 × 225. */
const SIZES = [
  { name: '320 × 640, a phone', width: 320, height: 640 },
  { name: '320 × 256, a window of 1280 × 1024 at 400 %', width: 320, height: 256 },
  { name: '720 × 450, a window of 1440 × 900 at 200 %', width: 720, height: 450 },
  { name: '768 × 1024, a tablet', width: 768, height: 1024 },
  { name: '1024 × 700', width: 1024, height: 700 },
  { name: '2560 × 1440', width: 2560, height: 1440 },
  { name: '1440 × 900 with letters of twice the size', width: 1440, height: 900, rem: 32 },
];

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let wanted;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  await lysbord.play(24, 50);
  const { items } = await lysbord.ask('/assets?limit=200');
  // Two versions, and a name that nothing else has: this one is looked for.
  wanted = items.find(({ version_count, preview, state }) =>
    version_count > 1 && preview.state === 'kept' && state === 'present');
  assert.ok(wanted, 'the stories have an asset with two versions');
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

for (const size of SIZES) {
  for (const by of ['mouse', 'touch', 'keyboard']) {
    test(`the main job is done at ${size.name}, by ${by}`, async () => {
      const { page, complaints } = await openPage(browser, lysbord.ui, {
        viewport: { width: size.width, height: size.height },
        hasTouch: by === 'touch',
      });
      try {
        if (size.rem) await page.addStyleTag({ content: `html { font-size: ${size.rem}px }` });
        await mainJob(page, by);
        assert.deepEqual(complaints, []);
      } finally {
        await page.context().close();
      }
    });
  }
}

test('the sidebar is a drawer where there is no room: it keeps the focus, and gives it back', async () => {
  const { page } = await openPage(browser, lysbord.ui, { viewport: { width: 720, height: 450 } });
  const opener = page.getByRole('button', { name: 'Show the sidebar' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Collections' });
  await drawer.waitFor();
  for (let tabs = 0; tabs < 30; tabs += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && at.closest('dialog') === null;
    });
    assert.equal(outside, false, 'the focus stays in the drawer');
  }
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  assert.equal(await opener.evaluate((button) => button === document.activeElement), true);
  await opener.click();
  await drawer.getByRole('button', { name: /^Events \d/ }).click();
  await drawer.waitFor({ state: 'hidden' });
  await page.getByRole('listbox', { name: 'Events' }).waitFor();
  await page.context().close();
});

test('every view and dialog fits a window of 320 × 256, and what is in it can be reached', async () => {
  const { page } = await openPage(browser, lysbord.ui, { viewport: { width: 320, height: 256 } });
  const go = async (name) => {
    await page.getByRole('button', { name: 'Show the sidebar' }).click();
    await page.getByRole('dialog').getByRole('button', { name }).click();
  };
  await page.locator('.table [role=option]').first().waitFor();
  for (const name of [/^Events \d/, /^All deliveries/, /^Duplicates/, /^Unreadable/]) {
    await go(name);
    await fits(page, String(name));
  }
  await go(/^Settings/);
  const dialog = page.getByRole('dialog');
  for (const tab of await dialog.getByRole('tab').all()) {
    await tab.click();
    await fits(page, `settings, ${await tab.innerText()}`);
    await reachable(page, dialog.locator('button, input').last());
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await fits(page, 'the keys');
  await page.context().close();
});

async function mainJob(page, by) {
  const act = acting(page, by);
  await page.locator('.table [role=option]').first().waitFor();
  await fits(page, 'the gallery');

  // Find.
  const box = page.getByRole('combobox', { name: 'Search' });
  if (by === 'keyboard') await page.keyboard.press('/');
  else await act(box);
  await page.keyboard.type(`filename:${stem(wanted.filename)}`);
  const tile = page.locator(`.table [role=option][data-asset="${wanted.id}"]`);
  await tile.waitFor();
  const { total } = await lysbord.ask(`/gallery?query=${encodeURIComponent(`filename:${stem(wanted.filename)}`)}`);
  await until('the search to be answered', async () => (await page.locator('.table [role=option]').count()) === total);
  await picturesLoaded(page);
  await fits(page, 'what was found');

  // See what is known about it.
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  if (by === 'keyboard') {
    await page.keyboard.press('ArrowDown');
    while ((await tile.getAttribute('aria-selected')) !== 'true') {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(50);
    }
    await page.keyboard.press('Enter');
  } else await act(tile);
  await inspector.getByRole('tab', { name: 'Info' }).waitFor();
  await fits(page, 'the inspector');

  // Look.
  if (by === 'keyboard') {
    await leaveSheet(page, act);
    await page.keyboard.press('Space');
  } else await act(inspector.getByRole('button').filter({ has: page.locator('img') }).first());
  const look = page.locator('dialog.look');
  await look.locator('img').first().waitFor();
  await fits(page, 'the full-size look');
  if (by === 'keyboard') await page.keyboard.press('Escape');
  else await act(look.getByRole('button', { name: 'Close' }));
  await look.waitFor({ state: 'hidden' });

  // Compare.
  const compare = page.getByRole('dialog', { name: /^Compare versions/ });
  if (by === 'keyboard') await page.keyboard.press('c');
  else {
    await act(inspector.getByRole('tab', { name: 'Compare' }));
    await act(inspector.getByRole('button', { name: 'Compare at full size' }));
  }
  await compare.locator('img').first().waitFor();
  await fits(page, 'the comparison');
  if (by === 'keyboard') {
    await page.keyboard.press('2');
    await compare.getByRole('slider').waitFor();
    await page.keyboard.press('Escape');
  } else {
    await act(compare.getByText('Slider', { exact: true }));
    await compare.getByRole('slider').waitFor();
    await act(compare.getByRole('button', { name: 'Close' }));
  }
  await compare.waitFor({ state: 'hidden' });
  await leaveSheet(page, act, by);

  // Export.
  const exporting = page.getByRole('main').getByRole('button', { name: /^Export/ });
  if (by === 'keyboard') {
    await exporting.focus();
    await page.keyboard.press('Enter');
  } else await act(exporting);
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  await dialog.waitFor();
  await fits(page, 'the export');
  const start = dialog.locator('footer .accent');
  await reachable(page, start);
  if (by === 'keyboard') {
    await start.focus();
    await page.keyboard.press('Enter');
  } else await act(start);
  const done = dialog.locator('footer').getByRole('button', { name: 'Close' });
  await done.waitFor();
  await fits(page, 'the finished export');
  await act(done);
  await dialog.waitFor({ state: 'hidden' });
}

/** Clicks or taps as a hand would: the browser refuses where something else lies over it. */
function acting(page, by) {
  return async (what) => {
    if (by === 'touch') await what.tap();
    else if (by === 'mouse') await what.click();
    else {
      await what.focus();
      await page.keyboard.press('Enter');
    }
  };
}

/** Where the inspector lies over the rest it is closed: by its button, or by Escape. */
async function leaveSheet(page, act, by = 'keyboard') {
  const sheet = page.locator('dialog.sheet');
  if ((await sheet.count()) === 0) return;
  if (by === 'keyboard') await page.keyboard.press('Escape');
  else await act(sheet.getByRole('button', { name: 'Close' }).first());
  await sheet.waitFor({ state: 'hidden' });
}

/** Nothing reaches out of the window sideways: neither the page nor a dialog, and no control that is shown in it. */
async function fits(page, what) {
  const out = await page.evaluate(() => {
    const open = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const beyond = [];
    if (document.documentElement.scrollWidth > innerWidth) beyond.push(`the page: ${document.documentElement.scrollWidth}`);
    for (const control of open.querySelectorAll('button, input, select, a, [role=tab], [role=slider], h2')) {
      const box = control.getBoundingClientRect();
      if (box.width === 0 || !control.checkVisibility({ visibilityProperty: true })) continue;
      if (scrolls(control)) continue;
      if (box.left < -1 || box.right > innerWidth + 1)
        beyond.push(`${control.tagName} ${control.ariaLabel ?? control.textContent.trim()}: ${box.left} to ${box.right}`);
    }
    return beyond;

    function scrolls(element) {
      for (let at = element.parentElement; at; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX === 'auto' && at.scrollWidth > at.clientWidth && at !== open) return true;
      }
      return false;
    }
  });
  assert.deepEqual(out, [], `${what} fits the window`);
}

/** It can be scrolled into view, and nothing lies over it then. What is still loading may move it meanwhile. */
async function reachable(page, control) {
  await until(`nothing covers ${await control.innerText()}`, async () => {
    await control.scrollIntoViewIfNeeded();
    return control.evaluate((element) => {
      const box = element.getBoundingClientRect();
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return hit !== null && (element === hit || element.contains(hit) || hit.contains(element));
    });
  });
}

function stem(filename) {
  return filename.replace(/\.\w+$/, '').split(/[^\p{Letter}\d]+/u).at(-1);
}
