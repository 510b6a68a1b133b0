// What the build for threads exports; its memory is given to it. ../../team.ts describes it to TypeScript.
export { run } from './run';
export { serve, share, stop } from './threads';
