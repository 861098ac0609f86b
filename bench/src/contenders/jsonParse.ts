import type { CreateContender } from './contender.js';

/** What the responses cost if they were plain JSON, without a request: a mark for the eye, and no library. */
export const jsonParse: CreateContender = ({ responses }) => ({
  read: async onFirst => {
    const parsed = responses.map(response => JSON.parse(response.toString()) as { Items: unknown[] });
    onFirst();
    return parsed.flatMap(({ Items }) => Items);
  },
});
