import { openBrowser, openPage } from './lysbord.mjs';
const browser = await openBrowser();
const shots = process.argv[2]?.split(',');
for (const scheme of ['dark','light']) {
  const { page, complaints } = await openPage(browser, 'http://127.0.0.1:7591/', { colorScheme: scheme });
  const shot = async (n) => { if (shots && !shots.includes(n)) return; await page.waitForTimeout(700); await page.screenshot({ path: `/tmp/p1/${scheme}-${n}.png` }); };
  await page.locator('.table [role=option] img').first().waitFor();
  await page.waitForTimeout(2500);
  await page.locator('.table [role=option]').nth(3).click();
  await shot('gallery');
  await page.getByRole('button', { name: /Names and ratings/ }).click();
  await page.locator('.size input').fill('75').catch(()=>{});
  await shot('captions');
  await page.locator('.size input').fill('45').catch(()=>{});
  await page.getByRole('button', { name: /Names and ratings/ }).click();
  await page.locator('.table').focus();
  await page.keyboard.press('Space');
  await page.waitForTimeout(1200);
  await shot('look');
  await page.keyboard.press('z'); await page.keyboard.press('i');
  await shot('look-z');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Deleted/ }).first().click();
  await page.waitForTimeout(1500);
  await shot('deleted');
  console.log(scheme, complaints);
  await page.context().close();
}
await browser.close();
