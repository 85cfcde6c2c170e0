/** Version of this product, as Databricks sees it in `User-Agent`; a test holds it to package.json. */
export const VERSION = '0.1.0';
