// The second thread of the engine, a Web Worker of the trainer's: threads.ts starts it.
import { serve } from '../../../src/kernels/team.ts';
import type { Team } from './threads.ts';

self.addEventListener('message', ({ data: { module, memory } }: MessageEvent<Team>) => serve(module, memory));
self.postMessage('started');
