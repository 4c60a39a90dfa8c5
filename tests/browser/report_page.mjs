// A report opened in Debian's Chromium, and what may not happen in it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const desktop = { viewport: { width: 1280, height: 900 } };
export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export function launch() {
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args });
}

// Opens `file` and hands the page to `use`: no word on the console, no error, no dialog, no request but its own.
export async function withPage(browser, file, options, use) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const told = [];
  page.on('console', (message) => told.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => told.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { told.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== `file://${file}`) told.push(`request: ${request.url()}`); });
  await page.goto(`file://${file}`);
  await use(page);
  assert.deepEqual(told, [], `${file} is quiet`);
  await context.close();
}

// The texts of a table's body, row by row.
export function rows(page, selector) {
  return page.$$eval(`${selector} tbody tr`, (all) => all.map((row) => Array.from(row.cells, (cell) => cell.textContent.trim())));
}

export async function fitsItsWidth(page) {
  // A phone shows a wider page smaller: its own width is what counts, not the window's.
  const { width } = page.viewportSize();
  const content = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(content <= width, `the page is ${content} wide on a screen of ${width}`);
}

// Texts whose colour has less than 4.5:1 against what is behind them (WCAG 2.1, 1.4.3).
export function faintTexts(page) {
  return page.evaluate(() => {
    const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element) => {
      for (let e = element; e; e = e.parentElement) {
        const color = channels(getComputedStyle(e).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || element.closest('script, style, title, desc, .planrun-graph')) continue;
      const style = getComputedStyle(element);
      const ink = channels(element.closest('svg') ? style.fill : style.color);
      const [light, dark] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
    }
    return faint;
  });
}
