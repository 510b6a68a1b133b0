// What the module exports, beside its memory; ../../engine.ts describes it to TypeScript.
export { run } from './run';
