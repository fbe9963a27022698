function Disconnect-ExRun {
    <#
    .SYNOPSIS
        Ends connections that Connect-ExRun made.
    .DESCRIPTION
        Without parameters it ends what this runspace connected, and forgets which of its attempts failed. What other
        runspaces connected stays: name it, or end everything with -All. A runspace that connected nothing ends nothing,
        and -Verbose says so.
    .PARAMETER Name
        The connection to end: that of this runspace, else the one of the process that its commands see by that name.
    .PARAMETER All
        Ends every connection of the process, those of other runspaces too. What runs with them goes on to its end.
    .EXAMPLE
        Disconnect-ExRun

        Ends every connection of this runspace: in a script or at a prompt, all there are.
    .EXAMPLE
        Disconnect-ExRun -Name partner

        Ends one.
    .OUTPUTS
        Nothing.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Own')]
    [OutputType([void])]
    param(
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipelineByPropertyName = $true, ParameterSetName = 'Name')]
        [AllowNull()] [AllowEmptyString()] [string] $Name,
        [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Assert-ParameterGiven -Cmdlet $PSCmdlet
        $own = Get-OwnConnection
        $ended = @()
        if ($Name) {
            $session = (Get-VisibleConnection)[$Name]
            $hasFailed = $own.Failed.ContainsKey($Name)
            $own.Failed.Remove($Name)
            if ($null -eq $session -and -not $hasFailed) {
                $failure = New-ExRunException -Name 'ConnectionMissing' -Target $Name -Message (
                    'there is no connection named {0}; Get-ExRunContext lists those that exist' -f $Name)
                Write-ErrorRecord -Cmdlet $PSCmdlet -Record (New-ErrorRecord -Cmdlet $PSCmdlet -Failure $failure)
                return
            }
            $ended = @($session)
        } else {
            $own.Failed.Clear()
            $own.Unbound = @(Find-UnboundConnect)
            $ended = @($own.Connections.Values) + @(
                foreach ($session in (Get-ConnectionTable).Clone().Values) { if ($All -or $session.Runspace.Id -eq $own.Runspace.Id) { $session } })
            if ($All) { foreach ($other in (Get-RunspaceTable).Clone().Values) { $ended += @($other.Connections.Values) } }
            if ($ended.Count -eq 0) {
                $PSCmdlet.WriteVerbose('this runspace connected nothing: nothing was ended; -Name or -All ends what others connected')
            }
        }
        foreach ($session in $ended) { if ($null -ne $session) { Remove-Connection -Session $session } }
        Clear-EndedRunspace
    }
}
