import { serve } from '../child.ts';
import { consume, produce } from './our-arrivals.ts';
import { drain } from './our-drain.ts';
import { fire } from './our-firing.ts';
import { rest } from './our-rest.ts';

await serve({ consume, drain, fire, produce, rest });
