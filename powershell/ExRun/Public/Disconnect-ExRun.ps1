function Disconnect-ExRun {
    <#
    .SYNOPSIS
        Ends connections that Connect-ExRun made.
    .DESCRIPTION
        Without a name it ends all of them.
    .PARAMETER Name
        The connection to end.
    .EXAMPLE
        Disconnect-ExRun

        Ends every connection.
    .EXAMPLE
        Disconnect-ExRun -Name partner

        Ends one.
    .OUTPUTS
        Nothing.
    #>
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)] [string] $Name)

    process {
        Clear-AbandonedRun
        $failure = $null
        $names = @((Get-ConnectionTable).Clone().Keys)
        if ($Name) {
            try { $names = @((Get-Connection -Name $Name).Name) } catch { $failure = New-ErrorRecord -Cmdlet $PSCmdlet -Failure $_ }
        }
        if ($null -ne $failure) {
            Write-ErrorRecord -Cmdlet $PSCmdlet -Record $failure
            return
        }
        foreach ($connection in $names) { Remove-Connection -Name $connection }
    }
}
