# find_package(exrun): the targets exrun::exrun (the shared library) and exrun::static.
get_filename_component(_exrun_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET exrun::exrun)
  add_library(exrun::exrun SHARED IMPORTED)
  set_target_properties(exrun::exrun PROPERTIES
    IMPORTED_LOCATION "${_exrun_prefix}/lib/@SHARED@"
    IMPORTED_SONAME "@SONAME@"
    INTERFACE_INCLUDE_DIRECTORIES "${_exrun_prefix}/include")
endif()

if(NOT TARGET exrun::static)
  add_library(exrun::static STATIC IMPORTED)
  set_target_properties(exrun::static PROPERTIES
    IMPORTED_LOCATION "${_exrun_prefix}/lib/libexrun.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${_exrun_prefix}/include"
    # What the library takes of the system.
    INTERFACE_LINK_LIBRARIES "@SYSTEM_LIBRARIES@")
endif()

unset(_exrun_prefix)
