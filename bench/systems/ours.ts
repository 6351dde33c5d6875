import { serve } from '../child.ts';
import { drain } from './our-drain.ts';

await serve({ drain });
