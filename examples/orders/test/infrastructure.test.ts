import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { ordersStack } from '../infrastructure/stack.js';

const EXAMPLE = join(__dirname, '..');

let template: Template;

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: EXAMPLE, stdio: ['ignore', 'ignore', 'inherit'] });
  // Its validation of templates takes seconds to start, and only warns.
  template = Template.fromStack(ordersStack(new App({ builtinCloudFormationValidation: false })));
});

describe('the stack', () => {
  it('has both functions with the code that was bundled', () => {
    for (const handler of ['api.handler', 'projections.handler']) {
      template.hasResourceProperties('AWS::Lambda::Function', { Handler: handler, Runtime: 'nodejs22.x' });
    }
  });

  it('asks who calls the API', () => {
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  });

  it('tells somebody of everything that goes wrong', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(3);
    for (const alarm of alarms) expect(alarm).toMatchObject({ Properties: { AlarmActions: [expect.anything()] } });
  });

  it('allows no function everything', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).not.toMatch(/dynamodb:\*|"Action":"\*"/);
    expect(policies).not.toContain('dynamodb:Scan');
  });
});
