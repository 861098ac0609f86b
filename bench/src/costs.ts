import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { costsPage } from './costs/page.js';

writeFileSync(fileURLToPath(new URL('../../COSTS.md', import.meta.url)), costsPage());
