"""The entry points: the `pushback` command and the web pages. They may import every other package of the project; no
package except the benchmarks imports them."""
