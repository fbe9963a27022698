BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $header = Get-Content ([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'include', 'exrun.h')) -Raw
    $categories = & (Get-Module ExRun) { $script:ErrorCategories }
}

Describe 'The table of native functions' {
    It 'has the header''s version' {
        $header | Should -Match ('#define EXRUN_ABI_VERSION {0}\b' -f (& (Get-Module ExRun) { $script:NativeAbiVersion }))
    }
}

Describe 'The categories of errors' {
    It 'are categories' {
        foreach ($category in $categories.Values) { [System.Management.Automation.ErrorCategory] $category | Should -Be $category }
    }
}

Describe 'The search for the library' {
    It 'says where it looked when EXRUN_LIBRARY names nothing' {
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = '/nowhere/libexrun.so'; Import-Module '$ModulePath'; try { Get-TenantId contoso.com -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $result.Text | Should -Match '^ExRun\.LibraryMissing,Get-TenantId'
        $result.Text | Should -Match '[\\/]nowhere[\\/]libexrun\.so'
        $result.Text | Should -Match 'EXRUN_LIBRARY'
    }

    It 'says where it looked beside the module' {
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = ''; Import-Module '$ModulePath'; try { & (Get-Module ExRun) { `$script:ModuleRoot = '/nowhere'; Get-NativePath } } catch { `$_.Exception.Message }"
        $result.Text | Should -Match '/nowhere.runtimes.[a-z]+-[a-z0-9]+.native'
    }

    # What the module asks on Alpine is what .NET was built for: said here as it is there.
    It 'says that there is no library for musl, and what an other one lacks there' -Skip:([System.IO.Path]::DirectorySeparatorChar -eq '\' -or -not [System.Runtime.InteropServices.RuntimeInformation]::IsOSPlatform([System.Runtime.InteropServices.OSPlatform]::Linux)) {
        $asked = "[System.AppContext]::SetData('RUNTIME_IDENTIFIER', 'linux-musl-x64'); Import-Module '$ModulePath'; try { Get-TenantId contoso.com -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = ''; $asked"
        $result.Text | Should -Match '^ExRun\.LibraryMissing,Get-TenantId'
        $result.Text | Should -Match 'no native library for musl \(linux-musl-\w+\); use a system with glibc'
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = '$PSCommandPath'; $asked"
        $result.Text | Should -Match '^ExRun\.LibraryUnusable,Get-TenantId'
        $result.Text | Should -Match 'this system has musl.+needs glibc'
    }

    It 'refuses a file that is no library' {
        $result = Invoke-Script "`$env:EXRUN_LIBRARY = '$PSCommandPath'; Import-Module '$ModulePath'; try { Get-TenantId contoso.com -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $result.Text | Should -Match '^ExRun\.LibraryUnusable,Get-TenantId'
    }

    It 'refuses another version before it calls anything else' {
        $result = Invoke-Script "Import-Module '$ModulePath'; & (Get-Module ExRun) { `$script:NativeAbiVersion = 99 }; try { Get-TenantId contoso.com -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $result.Text | Should -Match '^ExRun\.LibraryVersion,Get-TenantId'
        $result.Text | Should -Match 'version 1, this module needs 99'
    }
}

Describe 'The environment' {
    It 'of the session reaches the library' {
        $result = Invoke-Script "`$env:EXRUN_CONNECT_TO = '127.0.0.1:1'; Import-Module '$ModulePath'; try { Get-TenantId contoso.com -ErrorAction Stop -WarningAction SilentlyContinue } catch { `$_.FullyQualifiedErrorId }"
        $result.Text | Should -Be 'ExRun.Connection,Get-TenantId'
    }
}
