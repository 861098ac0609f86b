import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands for AWS's Security Token Service, which the module asks for the account that the provider works in. */
export const startSts = async (account: string): Promise<{ endpoint: string; stop: () => void }> => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
        <Arn>arn:aws:iam::${account}:user/test</Arn><UserId>test</UserId><Account>${account}</Account>
      </GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
