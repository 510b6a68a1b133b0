// tfjs's WebGL backend on whatever draws here.
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl';

/**
 * Gives tfjs a context, which it would refuse itself where it is one in software.
 * @returns who draws, as WebGL tells it
 */
export function openWebgl(): string {
  const gl = document
    .createElement('canvas')
    .getContext('webgl2', { antialias: false, depth: false, alpha: false });
  if (gl === null) throw new Error('There is no WebGL 2.');
  setWebGLContext(2, gl);
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info === null ? 'unknown' : String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}
