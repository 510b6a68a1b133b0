// The trunk in a Worker on tfjs's WASM backend, folded and fused: no more of tfjs than inference needs.
import { lowerInfer } from '../../src/trunk/infer.ts';
import { serve } from './serve.ts';
import { initBackend } from './tfjs-backend.ts';

export default serve(async (model, cut) => {
  await initBackend();
  return lowerInfer(model, { cut });
});
