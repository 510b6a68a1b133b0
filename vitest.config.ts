import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { FAKE_CAMERA, installChromium, launchWith } from './tests/support/chromium.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations('migrations'),
                // Said here, so that a developer's .dev.vars changes nothing.
                ENROLMENT: 'invite',
                INVITE: 'come-in',
                OPERATOR_SECRET: 'the-operators-secret',
                RATE_LIMITS: 'off',
              },
            },
          })),
        ],
        test: {
          name: 'edge',
          include: ['tests/edge/**/*.test.ts'],
          setupFiles: ['tests/edge/setup.ts'],
          testTimeout: 60_000,
          // It would keep an import of a kernel that was not yet built as one that is not found, after the build, too.
          fsModuleCache: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          // Each file runs a Worker and a browser, or a whole command: one at a time.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // A busy machine is no failure.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        plugins: [{ name: 'install-chromium', config: installChromium }],
        // A dependency that is found while tests run makes Vite reload the page under them, and the run hangs.
        optimizeDeps: {
          include: [
            '@jsquash/webp/codec/dec/webp_dec.js',
            '@preact/signals',
            '@tensorflow/tfjs-backend-wasm',
            '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js',
            '@tensorflow/tfjs-backend-wasm/dist/kernels/*.js',
            '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js',
            '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels',
            '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js',
            '@tensorflow/tfjs-backend-webgl/dist/kernels/*.js',
            '@tensorflow/tfjs-backend-webgl/dist/register_all_kernels',
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-core/dist/register_all_gradients',
            'axe-core',
            'fast-check',
            'fflate',
            'hono/client',
            'idb',
            'preact',
            'preact/hooks',
            'preact/jsx-dev-runtime',
            'uplot',
            'uqr',
            'valibot',
          ],
        },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchWith(FAKE_CAMERA) }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
