// Builds the app into dist/app, where the Worker's static assets are. Nothing is inlined: the page's
// Content-Security-Policy takes scripts, styles and images only as files of this origin.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import packageJson from '../package.json' with { type: 'json' };

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('.'),
  define: { __APP_VERSION__: JSON.stringify(packageJson.version) },
  build: {
    outDir: path('../dist/app'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // All that the first screen needs is one file: twenty small ones take four turns of a slow network.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', test: /app\/main\.tsx$/ }] } },
    },
  },
  // The trainer's worker loads tfjs by a dynamic import.
  worker: { format: 'es' },
  plugins: [
    // Only builds app/sw/service-worker.ts, with the list of files to keep; the page registers it (app/sw/start.ts).
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'service-worker.ts',
      injectRegister: null,
      manifest: false,
      injectManifest: {
        // All that a first visit needs to work offline from then on; plain WASM and other engines come when they are used.
        globPatterns: [
          '**/*.{html,js,css,svg,webmanifest}',
          'icons/*.png',
          'assets/tfjs-backend-wasm-simd*.wasm',
          'assets/{algebra,descent,engine,training}-*.wasm',
          'assets/webp*.wasm',
        ],
        globIgnores: ['assets/webgl-*'],
        // The server redirects /index.html to /, which is the page's own address.
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => ({
              ...entry,
              url: entry.url === 'index.html' ? '/' : `/${entry.url}`,
            })),
          }),
        ],
        maximumFileSizeToCacheInBytes: 1024 * 1024,
      },
    }),
  ],
  // Sample images come from tests/data.
  server: { fs: { allow: [path('..')] } },
});
