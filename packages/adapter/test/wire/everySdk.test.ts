import { describeOnEverySdk } from './sdkVersions.js';
import { describeWithTable, PAYLOAD, PAYLOAD_WITH_PROTO, useAdapter } from './tableOnSdk.js';

describeOnEverySdk('the adapter', loaded => {
  describeWithTable('with a table', loaded, ({ createClient, createAdapter }) => {
    it('reads and writes, and takes the fast way for every page', async () => {
      loaded.scannedPages();
      await useAdapter(createAdapter(createClient()), PAYLOAD);
      expect(loaded.scannedPages()).toStrictEqual({ asked: 2, read: 2 });
    });

    it('keeps members named __proto__, of events and of those that won', async () => {
      await useAdapter(createAdapter(createClient()), PAYLOAD_WITH_PROTO);
    });

    it('leaves the client as it was', async () => {
      const client = createClient();
      const before = client.middlewareStack.identify();
      await useAdapter(createAdapter(client), PAYLOAD);
      await useAdapter(createAdapter(client), PAYLOAD_WITH_PROTO);
      expect(client.middlewareStack.identify()).toStrictEqual(before);
    });
  });
});
