// The trunk in a Worker on tfjs's WASM backend, folded and fused: no more of tfjs than inference needs.
import { lowerInfer } from '../../src/trunk/infer.ts';
import { reading, serve } from './serve.ts';
import { initBackend } from './tfjs-backend.ts';

export default serve(
  reading(async (model, cut) => {
    await initBackend();
    return lowerInfer(model, { cut });
  }),
);
