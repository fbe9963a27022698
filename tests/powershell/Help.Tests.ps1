BeforeDiscovery {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    $commands = (Import-PowerShellDataFile $ModulePath).FunctionsToExport | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
}

Describe 'The help of <Name>' -ForEach $commands {
    BeforeAll {
        $help = (Get-Command $Name).ScriptBlock.Ast.GetHelpContent()
        $parameters = (Get-Command $Name).Parameters.Keys | Where-Object { $_ -notin $common }
    }

    It 'says what it does, what comes out, and gives an example' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Description | Should -Not -BeNullOrEmpty
        $help.Outputs | Should -Not -BeNullOrEmpty
        $help.Examples | Should -Not -BeNullOrEmpty
    }

    It 'says of which type that is, for whoever asks Get-Command' {
        $types = @((Get-Command $Name).OutputType.Name)
        $types | Should -Not -BeNullOrEmpty
        ($types -join ' ') -eq 'System.Void' | Should -Be (@($help.Outputs)[0].Trim() -eq 'Nothing.')
        foreach ($type in $types | Where-Object { $_ -notlike 'ExRun.*' }) { $type -as [type] | Should -Not -BeNullOrEmpty -Because $type }
    }

    It 'documents each parameter, and no other' {
        (@($help.Parameters.Keys) | Sort-Object) -join ' ' | Should -Be ((@($parameters) | Sort-Object) -join ' ')
        foreach ($text in $help.Parameters.Values) { $text.Trim() | Should -Not -BeNullOrEmpty }
    }

    It 'is found by Get-Help' {
        (Get-Help $Name).Synopsis.Trim() | Should -Be $help.Synopsis.Trim()
    }
}

Describe 'about_ExRun' {
    It 'names every command' {
        $about = Get-Content (Join-Path (Split-Path $ModulePath) 'en-US/about_ExRun.help.txt') -Raw
        $module = Get-Module ExRun
        foreach ($name in @($module.ExportedFunctions.Keys) + @($module.ExportedAliases.Keys)) { $about | Should -Match ([regex]::Escape($name)) }
    }
}
