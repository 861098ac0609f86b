import { defineConfig } from 'vitepress';

const REPOSITORY = 'https://github.com/OWNER/castore-dynamodb';

/** A section of the side bar: its title, and the pages of its folder in order. */
const section = (text: string, folder: string, pages: Record<string, string>) => ({
  text,
  items: Object.entries(pages).map(([page, title]) => ({ text: title, link: `/${folder}/${page}` })),
});

/** As GitHub makes them, so that links to headings work on the site and in the repository. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

export default defineConfig({
  title: 'castore-dynamodb',
  description: 'The DynamoDB event store for TypeScript',
  lang: 'en',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcExclude: ['programs', 'test'],
  // Made by TypeDoc, after the pages.
  ignoreDeadLinks: [/^\/api\//],
  // The default themes fall short of the contrast that WCAG AA asks for.
  markdown: {
    anchor: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // Who searches has a task. The references say almost every word somewhere.
            boostDocument: (page: string) => (/^\/(packages|api)\//.test(page) ? 0.3 : 1),
          },
        },
      },
    },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Learn', link: '/learn/events', activeMatch: '/learn/' },
      { text: 'Do', link: '/do/deploy', activeMatch: '/do/' },
      { text: 'Operate', link: '/operate/night', activeMatch: '/operate/' },
      { text: 'Know', link: '/know/guarantees', activeMatch: '/know/' },
      { text: 'Packages', link: '/packages/adapter', activeMatch: '/packages/' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Improve this page' },
    sidebar: [
      { text: 'Start', items: [{ text: 'Ten minutes', link: '/start' }] },
      section('Learn', 'learn', {
        events: 'Events',
        aggregates: 'Aggregates and conflicts',
        groups: 'Event groups',
        projections: 'Projections',
        snapshots: 'Snapshots and time travel',
        evolution: 'Events that change',
      }),
      section('Do', 'do', {
        deploy: 'Deploy the table',
        layout: 'Choose a layout',
        migrate: 'Migrate from Castore’s adapters',
        change: 'Change an event',
        forget: 'Forget a person',
        move: 'Move a table',
        restore: 'Restore a table',
        parked: 'Mend a parked event',
        test: 'Test',
      }),
      section('Operate', 'operate', {
        alarms: 'Alarms',
        doctor: 'The doctor',
        night: 'Three in the morning',
        slow: 'A handler is slow',
        explorer: 'The explorer',
        costs: 'What it costs',
      }),
      section('Packages', 'packages', {
        adapter: 'adapter',
        streams: 'streams',
        commands: 'commands',
        snapshots: 'snapshots',
        events: 'events',
        live: 'live',
        cli: 'cli',
        table: 'table',
        'cdk-construct': 'cdk-construct',
        'terraform-module': 'Terraform module',
        local: 'local',
        conformance: 'conformance',
      }),
      section('Know', 'know', {
        guarantees: 'Guarantees',
        limits: 'Limits',
        architecture: 'Architecture',
        benchmarks: 'Benchmarks',
        comparison: 'Other event stores',
        'when-not': 'When not to use this',
      }),
    ],
  },
});
