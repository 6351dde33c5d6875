import { serve } from '../child.ts';
import { consume, produce } from './our-arrivals.ts';
import { drain } from './our-drain.ts';

await serve({ consume, drain, produce });
