// npm run build: the trunk, the app and the assets folder that the Worker serves.
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';

await build().catch(fail);
