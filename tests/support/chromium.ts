// The Chromium that comes inside an npm package, made ready for Playwright and Vitest: a fresh machine needs `npm ci`
// and nothing else, whoever runs it. Linux on x64 only; elsewhere CHROMIUM_PATH names a Chromium of one's own.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import * as v from 'valibot';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const PACKAGE = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(join(MODULES, '@sparticuz/chromium/package.json'), 'utf8')),
);
const CACHE = join(MODULES, '.cache/chromium');
/** Where the package's files are unpacked to; `npm ci` removes it together with the package. */
const HOME = join(CACHE, PACKAGE.version);
const OWN = process.env.CHROMIUM_PATH;

/**
 * How to launch it once `installChromium` is done. The package's own arguments are not taken: one process for all
 * and no web security would hide what a visitor's browser does.
 */
export const CHROMIUM_LAUNCH: LaunchOptions = {
  executablePath: OWN ?? join(HOME, 'chromium'),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  env: environment(),
};

/** A camera that shows a moving test picture, and is allowed without asking. */
export const FAKE_CAMERA: readonly string[] = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

/** CHROMIUM_LAUNCH with further arguments. */
export function launchWith(args: readonly string[]): LaunchOptions {
  return { ...CHROMIUM_LAUNCH, args: [...(CHROMIUM_LAUNCH.args ?? []), ...args] };
}

/**
 * Unpacks Chromium at the first call; later calls find it. Safe when several processes do it at once: each unpacks
 * into a folder of its own, and the first to finish gives it its name.
 */
export async function installChromium(): Promise<void> {
  if (OWN !== undefined || existsSync(HOME)) return;
  await mkdir(CACHE, { recursive: true });
  const staging = await mkdtemp(join(CACHE, 'unpacking-'));
  try {
    await unpack(staging);
    await writeFile(join(staging, 'fonts.conf'), fontsConf(join(HOME, 'fonts')));
    // Whoever runs the tests next may be another user than the one who unpacked.
    await Promise.all([chmod(staging, 0o755), chmod(join(staging, 'chromium'), 0o755)]);
    await rename(staging, HOME).catch((error: unknown) => {
      if (!existsSync(HOME)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Installs when needed and launches; caller closes. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  await installChromium();
  return chromium.launch(launchWith(args));
}

/**
 * The package unpacks into the temporary folder, and its libraries only where it believes to be on Lambda: both are
 * environment variables, so it runs in a process of its own.
 */
async function unpack(into: string): Promise<void> {
  const script =
    'import chromium from "@sparticuz/chromium"; process.stdout.write(await chromium.executablePath());';
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: dirname(fileURLToPath(import.meta.url)),
    env: { ...process.env, TMPDIR: into, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  if (stdout !== join(into, 'chromium'))
    throw new Error(`@sparticuz/chromium unpacked to "${stdout}" instead of "${into}".`);
}

/** Where the package's libraries are, and a language: in the C locale `navigator.language` is no valid tag. */
function environment(): Record<string, string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'en_US.UTF-8',
    ...(OWN === undefined ? libraryPaths() : {}),
  };
}

/** Libraries and fonts that a bare container lacks come from the package. */
function libraryPaths(): Record<string, string> {
  return {
    LD_LIBRARY_PATH: [join(HOME, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    FONTCONFIG_FILE: join(HOME, 'fonts.conf'),
  };
}

function fontsConf(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}
