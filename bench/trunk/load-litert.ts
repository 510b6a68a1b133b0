// Starts LiteRT.js in Node, which it is not made for: it asks for its script as a web worker does, by `importScripts`,
// and the script finds its WASM as a CommonJS module does, by `__dirname`. Both are lent to it while it loads.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { loadLiteRt } from '@litertjs/core';

const CJS = ['require', '__dirname', '__filename', 'module', 'exports'];

/** Once in a process. */
export async function loadLiteRtInNode(): Promise<void> {
  const main = createRequire(import.meta.url).resolve('@litertjs/core');
  const lent: Readonly<Record<string, unknown>> = {
    self: globalThis,
    // Its words about accelerators that are not there.
    Module: { printErr() {} },
    importScripts(path: string) {
      const module = { exports: {} };
      const script = compileFunction(readFileSync(path, 'utf8'), CJS);
      script(createRequire(path), dirname(path), path, module, module.exports);
      Object.assign(globalThis, { ModuleFactory: module.exports });
    },
  };
  const before = Object.keys(lent).map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const [name, value] of Object.entries(lent))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const { error, warn } = console;
  console.error = console.warn = () => {};
  try {
    await loadLiteRt(`${dirname(dirname(main))}/wasm/`);
  } finally {
    Object.assign(console, { error, warn });
    Object.keys(lent).forEach((name, i) => {
      const descriptor = before[i];
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    });
  }
}
