var a = 1;
function f(b) {
 return b;
}
