import DefaultTheme from 'vitepress/theme';

import './style.css';

import CostCalculator from './CostCalculator.vue';
import Flow from './Flow.vue';

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }: { app: import('vue').App }) => {
    app.component('Flow', Flow).component('CostCalculator', CostCalculator);
  },
};
