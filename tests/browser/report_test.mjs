// Reports of real runs in a real browser: node report_test.mjs PLANRUN SOURCE_FOLDER WORK_FOLDER
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { desktop, faintTexts, fitsItsWidth, launch, phone, rows, withPage } from './report_page.mjs';

const [planrun, root, work] = process.argv.slice(2).map((path) => resolve(path));
const files = join(work, 'runs');
rmSync(files, { recursive: true, force: true });
mkdirSync(files, { recursive: true });

function sqlite(database, sql) {
  return execFileSync('sqlite3', [join(files, database), sql], { encoding: 'utf8' }).trim();
}

// `planrun ARGUMENTS`; its exit status is as expected.
function run(status, args, variables = {}) {
  const env = { ...process.env, XDG_STATE_HOME: join(files, 'state'), ...variables };
  const result = spawnSync(planrun, args, { encoding: 'utf8', env });
  assert.equal(result.status, status, `planrun ${args.join(' ')}: ${result.stdout}${result.stderr}`);
}

function reportOf(name, plan, status, variables = {}, more = []) {
  run(status, [plan, '--quiet', '--jobs', '2'], variables);
  const page = join(files, `${name}.html`);
  run(0, ['report', plan, '-o', page, ...more], variables);
  return page;
}

function oraVariables(name) {
  return { ORA_DB: join(files, `${name}_source.db`), DATABASE_URL: `sqlite:${join(files, `${name}.db`)}` };
}

// The shipped plan into SQLite.
function goodReport() {
  sqlite('good_source.db', `.read ${join(root, 'examples/ora.sql')}`);
  return reportOf('good', join(root, 'plans/ora.toml'), 0, oraVariables('good'));
}

// The bad copy, its rejects kept; the plan's own counts differ by them, so the run is not proved. Twice: checks have a history.
function badReport() {
  for (const text of ['ora.sql', 'ora_bad.sql']) sqlite('bad_source.db', `.read ${join(root, 'examples', text)}`);
  const plan = join(files, 'bad.toml');
  const text = readFileSync(join(root, 'plans/ora.toml'), 'utf8');
  writeFileSync(plan, text.replace(/^\[table\.[^.\]]+\]$/gm, '$&\non_reject = "keep"'));
  run(3, [plan, '--quiet'], oraVariables('bad'));
  return reportOf('bad', plan, 3, oraVariables('bad'), ['--show-values']);
}

// Names and texts that would run as scripts in a page that does not escape them.
function evilReport() {
  sqlite('evil_source.db', `create table t(id integer primary key, v text); insert into t values (1, '<img src=x onerror=alert(1)>')`);
  const plan = join(files, 'evil.toml');
  writeFileSync(plan, `# </script></style><script>alert(1)</script><img src="http://127.0.0.1:9/x" onerror="alert(2)">
[plan]
name = "evil"
description = "<script>alert(3)</script>"
[source.s]
url = "sqlite:evil_source.db"
[target.t]
url = "sqlite:evil.db"
[table."<script>alert(4)</script>"]
from = "s.t"
on_reject = "keep"
[table."<script>alert(4)</script>".columns]
id = "bigint primary key"
v = "integer"
`);
  return reportOf('evil', plan, 0, {}, ['--show-values']);
}

const number = (text) => Number(text.replace(/,/g, ''));

async function checkGoodFigures(page) {
  assert.equal(await page.textContent('.headline'), 'Passed and proved');
  const figures = await page.$$eval('.figures dd', (all) => all.map((e) => e.textContent));
  const [read, rejected] = sqlite('good.db', 'select sum(rows_read), sum(rows_rejected) from planrun_chunk').split('|').map(Number);
  assert.equal(number(figures[0]), read);
  assert.equal(number(figures[1]), rejected);
  assert.equal(figures[3], '12 of 12');
  const balances = sqlite('good.db', 'select load, sum(rows_read), sum(rows_written) from planrun_chunk group by load order by load');
  const shown = (await rows(page, '#loads')).map((row) => [row[0], number(row[2]), number(row[3])].join('|')).sort();
  assert.deepEqual(shown, balances.split('\n'));
  const digests = sqlite('good.db', 'select load, digest_rows, digest_sum from planrun_chunk order by load');
  const proofs = (await rows(page, '#tables')).map((row) => [row[0], number(row[3]), row[5]].join('|')).sort();
  assert.deepEqual(proofs, digests.split('\n'));
  assert.equal(await page.$$eval('#graph .planrun-graph .step', (all) => all.length),
    Number(sqlite('good.db', `select count(*) from planrun_step where kind <> 'create'`)));
  assert.ok(await page.$$eval('#timeline rect', (all) => all.length) > 10);
}

async function checkSorting(page) {
  const read = async () => (await rows(page, '#loads')).map((row) => number(row[2]));
  const head = page.locator('#loads thead th', { hasText: 'Read' });
  await head.locator('button').click();
  const ascending = await read();
  assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b));
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  await head.locator('button').focus();
  await page.keyboard.press('Enter');
  assert.deepEqual(await read(), [...ascending].reverse());
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  await page.locator('#loads thead th button').first().click();
  const names = (await rows(page, '#loads')).map((row) => row[0]);
  assert.deepEqual(names, [...names].sort());
  assert.equal(await head.getAttribute('aria-sort'), null);
}

async function checkUnfolding(page) {
  const plan = page.locator('#plan details').first();
  assert.equal(await plan.locator('pre').isVisible(), false);
  await plan.locator('summary').click();
  assert.equal(await plan.locator('pre').isVisible(), true);
  assert.match(await plan.locator('pre').textContent(), /name        = "ora"/);
}

async function checkBadFigures(page) {
  assert.equal(await page.textContent('.headline'), 'Not proved');
  const reasons = await rows(page, '#rejects > .table');
  const rejected = Number(sqlite('bad.db', 'select count(*) from planrun_reject'));
  assert.equal(reasons.reduce((sum, row) => sum + number(row[1]), 0), rejected);
  assert.equal(rejected, 27);
  const failed = (await rows(page, '#checks')).filter((row) => row[1] === 'failed').length;
  assert.equal(failed, Number(sqlite('bad.db',
    `select count(*) from (select name, status, max(id) from planrun_check_result group by name) where status = 'failed'`)));
  assert.ok(await page.$$eval('#checks svg.spark', (all) => all.length) > 10);
  await page.locator('#rejects details summary').first().click();
  assert.match(await page.locator('#rejects details').first().textContent(), /BAD-DATE/);
}

const looks = [['desktop', desktop], ['dark', { ...desktop, colorScheme: 'dark' }], ['phone', phone], ['phone_dark', { ...phone, colorScheme: 'dark' }]];

async function checkLooks(browser, name, file) {
  for (const [look, options] of looks) {
    await withPage(browser, file, options, async (page) => {
      await fitsItsWidth(page);
      assert.deepEqual(await faintTexts(page), [], `${name} ${look} is readable`);
      await page.screenshot({ path: join(work, `${name}_${look}.png`), fullPage: true });
    });
  }
}

const browser = await launch();
try {
  const good = goodReport();
  await withPage(browser, good, desktop, async (page) => {
    await checkGoodFigures(page);
    await checkUnfolding(page);
    await checkSorting(page);
  });
  await withPage(browser, good, { ...desktop, javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.textContent('.headline'), 'Passed and proved');
    assert.equal(await page.locator('#loads thead button').count(), 0);
    assert.equal(await page.locator('#loads tbody tr').count(), 12);
  });
  await withPage(browser, good, desktop, async (page) => {
    await page.pdf({ path: join(work, 'good.pdf'), format: 'A4' });
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav').isVisible(), false);
  });
  await checkLooks(browser, 'good', good);

  const bad = badReport();
  await withPage(browser, bad, desktop, checkBadFigures);
  await checkLooks(browser, 'bad', bad);

  await withPage(browser, evilReport(), desktop, async (page) => {
    assert.equal((await rows(page, '#loads'))[0][0], '<script>alert(4)</script>');
    assert.equal(await page.locator('script').count(), 1);
    assert.equal(await page.locator('img').count(), 0);
  });
  console.log(`All reports are as they should be; screenshots are in ${work}`);
} finally {
  await browser.close();
}
