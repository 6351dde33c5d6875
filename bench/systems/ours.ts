import { serve } from '../child.ts';
import { consume, produce } from './our-arrivals.ts';
import { drain } from './our-drain.ts';
import { fire } from './our-firing.ts';
import { hold } from './our-held.ts';
import { keyed } from './our-keyed.ts';
import { fill, join } from './our-join.ts';
import { rest } from './our-rest.ts';

await serve({ consume, drain, fill, fire, hold, join, keyed, produce, rest });
