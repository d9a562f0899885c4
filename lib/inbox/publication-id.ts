/** Which delivery or call a publication comes from: ids read `<type>/<delivery>/<step>` or `call/<application>/<request id>`. */
export const deliveryOf = (publicationId: string): string => {
  const [first, second, ...rest] = publicationId.split('/');
  return (first === 'call' ? rest.join('/') : second) ?? publicationId;
};
