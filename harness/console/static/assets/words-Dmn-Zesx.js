var e=e=>e.split(`
`).map(e=>e.trim()).filter(Boolean),t=e=>e.replaceAll(`-`,` `).replaceAll(`_`,` `),n=(e,t,n)=>`${e} ${e===1?t:n}`;export{n,t as r,e as t};