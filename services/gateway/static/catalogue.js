// The assortment as it was published with this storefront. Prices in it are list prices before tax
// and discounts; what counts is the basket's answer, to which tax is added.

import { get } from "./api.js";

let loading = null;

export function loadCatalogue() {
  loading ??= get("/static/catalogue.json").catch((problem) => {
    loading = null; // the next page may try again
    throw problem;
  });
  return loading;
}

export async function findProduct(sku) {
  return (await loadCatalogue()).products.find((product) => product.sku === sku) ?? null;
}
