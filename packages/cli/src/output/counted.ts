/** `1 request`, `2 requests` */
export const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;
