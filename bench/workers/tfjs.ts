// The trunk in a Worker on tfjs's WASM backend, folded and fused: no more of tfjs than inference needs.
import { lowerInfer } from '../../src/trunk/infer.ts';
import { initBackend } from '../../worker/inference/backend.ts';
import { serve } from './serve.ts';

export default serve(async (model, cut) => {
  await initBackend();
  return lowerInfer(model, { cut });
});
