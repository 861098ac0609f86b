import { App } from 'aws-cdk-lib';

import { ordersStack } from './stack.js';

/** npx -y aws-cdk@2 deploy --app "tsx infrastructure/app.ts" */
ordersStack(new App());
