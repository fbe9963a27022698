/* What LLVM calls where memory is copied or filled, of which the runtime of an older gcc has not heard: the functions of C,
 * which every runtime watches. Their caller is the code that copies or fills. */
#include <string.h>

void *__tsan_memcpy(void *to, const void *from, size_t size) {
    return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size) {
    return memmove(to, from, size);
}

void *__tsan_memset(void *at, int byte, size_t size) {
    return memset(at, byte, size);
}
