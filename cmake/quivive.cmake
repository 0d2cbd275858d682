# What every target of the project shares: warnings, sanitizers, precompiled headers, one library a layer.

add_library(quivive_flags INTERFACE)
target_include_directories(quivive_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(quivive_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=return-type)
target_compile_definitions(quivive_flags INTERFACE QUIVIVE_VERSION="${PROJECT_VERSION}")
# A request runs five or six coroutines deep. Asio keeps the frames of two for the next ones to use, unless told otherwise.
target_compile_definitions(quivive_flags INTERFACE BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
# Compiler noise about coroutine frames (whose locals are of anonymous types, and whose allocation it takes for a mismatch) and inlined
# std::string internals, not about our code.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(quivive_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-mismatched-new-delete -Wno-subobject-linkage
                         -Wno-stringop-overflow -Wno-stringop-overread)
endif()
# Debian's hardening, without the buffer-size guesses that sanitizers do better.
target_compile_options(quivive_flags INTERFACE -fstack-protector-strong)
target_link_options(quivive_flags INTERFACE -Wl,-z,relro,-z,now)
if(QUIVIVE_SANITIZE)
  target_compile_options(quivive_flags INTERFACE -fsanitize=${QUIVIVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(quivive_flags INTERFACE -fsanitize=${QUIVIVE_SANITIZE})
endif()
if(QUIVIVE_FUZZ)
  target_compile_options(quivive_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# quivive_layer(NAME [DEPS layer…] [LIBS library…]): the static library quivive_NAME of every src/NAME/**.cc.
# A layer without sources yet is an interface library, so that the list of layers can be whole.
function(quivive_layer name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  list(TRANSFORM arg_DEPS PREPEND quivive_)
  if(sources)
    add_library(quivive_${name} STATIC ${sources})
    target_link_libraries(quivive_${name} PUBLIC quivive_flags ${arg_DEPS} ${arg_LIBS})
  else()
    add_library(quivive_${name} INTERFACE)
    target_link_libraries(quivive_${name} INTERFACE quivive_flags ${arg_DEPS} ${arg_LIBS})
  endif()
endfunction()

# quivive_precompile(TARGET <header>…): for targets whose files all include the same heavy headers. Headers of libraries
# alone, which have include guards: GCC knows a header with #pragma once again by its bytes only, and ccache may return one
# precompiled before an edit that it does not see, such as a comment; the header would then be read a second time.
function(quivive_precompile target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    foreach(header ${ARGN})
      if(NOT header MATCHES "^<.+>$")
        message(FATAL_ERROR "quivive_precompile(${target}): ${header} is not <a library's header>")
      endif()
    endforeach()
    target_precompile_headers(${target} PRIVATE ${ARGN})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
  endif()
endfunction()
