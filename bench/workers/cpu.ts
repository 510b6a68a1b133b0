// The trunk in a Worker on the plain JavaScript backend of tfjs.
import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { lowerInfer } from '../../src/trunk/infer.ts';
import { serve } from './serve.ts';

export default serve(async (model, cut) => {
  await setBackend('cpu');
  await ready();
  return lowerInfer(model, { cut });
});
