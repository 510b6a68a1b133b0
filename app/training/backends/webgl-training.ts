// Every kernel of tfjs's WebGL backend, its gradients among them: a chunk of its own, fetched when layers are trained on it.
import '@tensorflow/tfjs-backend-webgl/dist/register_all_kernels';
