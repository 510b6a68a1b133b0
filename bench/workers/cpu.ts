// The trunk in a Worker on the plain JavaScript backend of tfjs.
import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { lowerInfer } from '../../src/trunk/infer.ts';
import { reading, serve } from './serve.ts';

export default serve(
  reading(async (model, cut) => {
    await setBackend('cpu');
    await ready();
    return lowerInfer(model, { cut });
  }),
);
