# One target holds the compiler flags and the strict Qt macros; every library and program links it.
add_library(replog-flags INTERFACE)
target_compile_features(replog-flags INTERFACE cxx_std_20)
target_compile_definitions(replog-flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_FOREACH QT_NO_CONTEXTLESS_CONNECT QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_STRICT_ITERATORS QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_BEFORE=0x060400
    REPLOG_VERSION="${PROJECT_VERSION}")
target_compile_options(replog-flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
    $<$<BOOL:${REPLOG_WERROR}>:-Werror>)
target_include_directories(replog-flags INTERFACE ${PROJECT_SOURCE_DIR})
if(REPLOG_SANITIZE)
    target_compile_options(replog-flags INTERFACE -fsanitize=${REPLOG_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(replog-flags INTERFACE -fsanitize=${REPLOG_SANITIZE})
endif()

# One precompiled header, of what nearly every source includes, for all targets that call this.
function(replog_precompile target)
    if(NOT REPLOG_PCH)
        return()
    endif()
    if(NOT TARGET replog-pch)
        file(WRITE ${PROJECT_BINARY_DIR}/pch.cpp "")
        add_library(replog-pch OBJECT ${PROJECT_BINARY_DIR}/pch.cpp)
        set_target_properties(replog-pch PROPERTIES AUTOMOC OFF)
        target_link_libraries(replog-pch PRIVATE replog-flags Qt6::Core)
        target_precompile_headers(replog-pch PRIVATE
            <QtCore/QtCore> <algorithm> <chrono> <functional> <map> <memory> <optional> <utility> <vector>)
    endif()
    target_precompile_headers(${target} REUSE_FROM replog-pch)
endfunction()

# A static library of the project: replog_library(NAME SOURCES... [LINK targets...])
function(replog_library name)
    cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PUBLIC replog-flags Qt6::Core ${ARG_LINK})
    replog_precompile(${name})
endfunction()

# A program: replog_program(NAME SOURCES... COMPONENT package [LINK targets...]). The component is the package that has it:
# server, dashboard or client (Package.cmake).
function(replog_program name)
    cmake_parse_arguments(ARG "" "COMPONENT" "LINK" ${ARGN})
    if(NOT ARG_COMPONENT)
        message(FATAL_ERROR "${name}: name the package that has it (COMPONENT)")
    endif()
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE replog-flags Qt6::Core ${ARG_LINK})
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${ARG_COMPONENT})
endfunction()

# A Qt Test program, run by ctest: replog_test(NAME SOURCES... [LINK targets...] [LABELS l...] [TIMEOUT s])
function(replog_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "LINK;LABELS" ${ARGN})
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE replog-flags Qt6::Test ${ARG_LINK})
    replog_precompile(${name})
    add_test(NAME ${name} COMMAND ${name})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_LOGGING_RULES=;LC_ALL=C.UTF-8")
endfunction()
