// Builds the app into dist/app, where the Worker's static assets are. Nothing is inlined: the page's
// Content-Security-Policy takes scripts, styles and images only as files of this origin.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('.'),
  build: {
    outDir: path('../dist/app'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  // The trainer's worker loads tfjs by a dynamic import.
  worker: { format: 'es' },
  // Sample images come from tests/data.
  server: { fs: { allow: [path('..')] } },
});
