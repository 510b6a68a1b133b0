// What runs under other switches of V8, and under another Node: prints the figures as JSON.
import { benchSpeedHere } from './speed.ts';

console.log(JSON.stringify(await benchSpeedHere({ quick: process.argv.includes('--quick') })));
