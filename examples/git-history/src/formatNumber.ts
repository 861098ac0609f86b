const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1234567.8` as `1,234,568`. */
export const formatNumber = (number: number): string => numbers.format(number);
